/** What every page runs. */

import { behaviour } from "./behaviours.js";
import { countDown } from "./countdown.js";
import { announceLists, showRequestErrors } from "./notices.js";
import { localTime } from "./times.js";

behaviour("time[data-local]", localTime);
behaviour("time[data-left]", countDown);
behaviour("#notices", showRequestErrors);
behaviour("#announcer", announceLists);
