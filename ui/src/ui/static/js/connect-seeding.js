import { behaviour } from "./behaviours.js";
import { mountSeeding } from "./seeding.js";

behaviour("[data-seeding]", mountSeeding);
