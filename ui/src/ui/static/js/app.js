/** What every page runs. */

import { behaviour } from "./behaviours.js";
import { announceLists, showRequestErrors } from "./notices.js";
import { localTime } from "./times.js";

behaviour("time[data-local]", localTime);
behaviour("#notices", showRequestErrors);
behaviour("#announcer", announceLists);
