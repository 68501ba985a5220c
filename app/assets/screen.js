// What the page of the hall's screen loads: nothing but that.
import { start } from "./hall.js";

start(document);
