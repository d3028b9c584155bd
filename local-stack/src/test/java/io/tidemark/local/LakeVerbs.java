package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.replay.ReplayCommand;
import io.tidemark.output.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Verbs on one lake and one pipeline.
 *
 * @param folder where the output of launched verbs is kept
 */
record LakeVerbs(Path folder, Path lake, Path pipeline) {
  /** In a process of its own, which a test can kill. */
  LaunchedVerb launch(String... verb) {
    return LaunchedVerb.start(folder, onLake(verb).toList());
  }

  /**
   * In a process of its own, which ends well.
   *
   * @return its output
   */
  String fine(String... verb) throws InterruptedException {
    try (LaunchedVerb launched = launch(verb)) {
      assertThat(launched.exitCode()).as(launched::errors).isZero();
      return launched.output();
    }
  }

  /** Sends a file to a topic, in this JVM: the start of another takes longer. */
  void send(Path input, String topic, String... more) {
    List<String> options = new ArrayList<>(List.of("--input=" + input, "--topic=" + topic));
    options.addAll(List.of(more));
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out, true);
    int code =
        new CommandLine(new ReplayCommand())
            .setOut(printer)
            .setErr(printer)
            .execute(onLake(options.toArray(String[]::new)).toArray(String[]::new));
    assertThat(code).as(out::toString).isEqualTo(ExitCode.FINE);
  }

  private Stream<String> onLake(String... words) {
    return Stream.concat(Stream.of(words), Stream.of("--lake=" + lake, "--pipeline=" + pipeline));
  }
}
