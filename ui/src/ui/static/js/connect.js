/**
 * Connects behaviours to the elements of every page, also to later ones, and disconnects them from removed elements.
 * The module of a behaviour is loaded when the first element needs it.
 */

import { createRegistry } from "./registry.js";

const { refresh, loaded } = createRegistry(document, {
  "#announcer": async () => (await import("./notices.js")).announceLists,
  "#notices": async () => (await import("./notices.js")).showRequestErrors,
  "time[data-ago]": async () => (await import("./ago-times.js")).agoTime,
  "time[data-clock]": async () => (await import("./clock-times.js")).clockTime,
  "time[data-left]": async () => (await import("./countdown.js")).countDown,
  "time[data-local]": async () => (await import("./times.js")).localTime,
  "[data-copies]": async () => (await import("./copy-button.js")).mountCopy,
  "[data-live]": async () => (await import("./player-stream.js")).followPlayer,
  // `section`, because the attribute on players means that they are online.
  "section[data-online]": async () => (await import("../court/online.js")).mountOnline,
  "[data-passkey]": async () => (await import("./passkey-button.js")).mountPasskeyButton,
  "[data-passkey-enrolment]": async () =>
    (await import("./passkey-enrolment.js")).mountPasskeyEnrolment,
  "[data-play]": async () => (await import("../court/play.js")).mountPlay,
  "[data-prints]": async () => (await import("./recovery-codes.js")).mountPrint,
  "[data-replay]": async () => (await import("../court/replay.js")).mountReplay,
  "[data-seeding]": async () => (await import("./seeding.js")).mountSeeding,
  "[data-match-calls]": async () => (await import("./match-calls.js")).showMatchCalls,
  "[data-tournament-stream]": async () => (await import("./tournament-stream.js")).followTournament,
  "[data-utc-time]": async () => (await import("./utc-times.js")).mountUtcTime,
  "[data-watch]": async () => (await import("../court/watch.js")).mountWatch,
});

refresh();
// Notices changes by htmx and by scripts, independent of their events.
new MutationObserver(refresh).observe(document, { childList: true, subtree: true });

export { loaded };
