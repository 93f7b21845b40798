import { behaviour } from "../js/behaviours.js";
import { mountPlay } from "./play.js";

behaviour("[data-play]", mountPlay);
