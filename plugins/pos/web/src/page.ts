/** The agent's own page: nothing but the counter. */

import "./counter";
