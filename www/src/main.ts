import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/status.css";
import "./styles/timeline.css";
import "./styles/panels.css";
import { mountChat } from "./chat";
import { joinRoom } from "./connection";
import { mountInspector } from "./inspector";
import { Journal } from "./journal";
import { mountPrices } from "./prices";
import { mountStatus } from "./status";
import { mountTheme } from "./theme";
import { mountTimeline } from "./timeline";
import { mountTroubles } from "./troubles";
import { visitor } from "./visitor";
import { mountWire } from "./wire";

const me = visitor();
const socket = joinRoom(me.name, () => journal.heartbeatAnswered());
const journal = new Journal(socket);

mountTheme();
mountStatus(socket, journal);
mountWire(socket);
mountTimeline(journal);
mountChat(socket, journal, me);
mountPrices(socket);
mountTroubles(socket, journal);
mountInspector(socket, journal);
