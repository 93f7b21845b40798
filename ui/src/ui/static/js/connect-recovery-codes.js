import { behaviour } from "./behaviours.js";
import { mountCopy } from "./copy-button.js";
import { mountPrint } from "./recovery-codes.js";

behaviour("[data-copies]", mountCopy);
behaviour("[data-prints]", mountPrint);
