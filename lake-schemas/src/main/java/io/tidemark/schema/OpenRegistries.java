package io.tidemark.schema;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The registries that this process talks to. */
final class OpenRegistries {
  static final Map<URI, SchemaRegistry> BY_PLACE = new ConcurrentHashMap<>();
  private static final Map<URI, GivenUp> GIVEN_UP = new ConcurrentHashMap<>();

  private OpenRegistries() {}

  static GivenUp givenUp(URI place) {
    return GIVEN_UP.computeIfAbsent(place, absent -> new GivenUp());
  }
}
