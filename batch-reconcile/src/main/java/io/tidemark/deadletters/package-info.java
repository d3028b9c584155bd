/** Dead letters: records that could not become events, for whoever wants to know why. */
package io.tidemark.deadletters;
