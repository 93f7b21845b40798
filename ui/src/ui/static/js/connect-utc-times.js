import { behaviour } from "./behaviours.js";
import { mountUtcTime } from "./utc-times.js";

behaviour("[data-utc-time]", mountUtcTime);
