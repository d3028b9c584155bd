package io.tidemark.local.demo;

import io.tidemark.local.VerbOptions;
import io.tidemark.local.replay.Share;
import io.tidemark.local.replay.Trouble;
import io.tidemark.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a demo runs on.
 *
 * @param options which lake, and of verbs that go on with it
 * @param data the purchases; empty for generated ones
 * @param lines how many of them; empty for all, or for the generator's usual number
 */
record DemoSettings(
    Pipeline pipeline, VerbOptions options, Optional<Path> data, long seed, OptionalLong lines) {
  private static final long GENERATED_LINES = 200_000;

  Path lake() {
    return options.lake();
  }

  Trouble trouble() {
    return new Trouble(seed, Share.of("5%"), Share.of("3%"), Share.of("0.1%"), Share.of("0.05%"));
  }

  long generatedLines() {
    return lines.orElse(GENERATED_LINES);
  }
}
