import { behaviour } from "./behaviours.js";
import { mountCopy, mountPrint } from "./recovery-codes.js";

behaviour("[data-copies]", mountCopy);
behaviour("[data-prints]", mountPrint);
