import { behaviour } from "./behaviours.js";
import { mountCopy } from "./copy-button.js";

behaviour("[data-copies]", mountCopy);
