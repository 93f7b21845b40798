import { behaviour } from "./behaviours.js";
import { clockTime } from "./clock-times.js";

behaviour("time[data-clock]", clockTime);
