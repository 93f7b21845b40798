import { behaviour } from "./behaviours.js";
import { followTournament } from "./tournament-stream.js";

behaviour("[data-tournament-stream]", followTournament);
