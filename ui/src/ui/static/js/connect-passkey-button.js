import { behaviour } from "./behaviours.js";
import { mountPasskeyButton } from "./passkey-button.js";

behaviour("[data-passkey]", mountPasskeyButton);
