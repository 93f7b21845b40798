import { behaviour } from "../js/behaviours.js";
import { mountWatch } from "./watch.js";

behaviour("[data-watch]", mountWatch);
