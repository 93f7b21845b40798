import { behaviour } from "../js/behaviours.js";
import { mountOnline } from "./online.js";

behaviour("[data-online]", mountOnline);
