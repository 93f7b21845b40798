import { behaviour } from "../js/behaviours.js";
import { mountReplay } from "./replay.js";

behaviour("[data-replay]", mountReplay);
