import { behaviour } from "./behaviours.js";
import { mountPasskeyEnrolment } from "./passkey-enrolment.js";

behaviour("[data-passkey-enrolment]", mountPasskeyEnrolment);
