package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.Main;
import io.tidemark.output.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
   * In this JVM, and it ends well: another one takes longer to start than most verbs to work.
   *
   * @return its output
   */
  String fine(String... verb) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    int code =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true))
            .execute(onLake(verb).toArray(String[]::new));
    assertThat(code).as(errors::toString).isEqualTo(ExitCode.FINE);
    return out.toString();
  }

  /** Sends a file to a topic. */
  void send(Path input, String topic, String... more) {
    List<String> verb = new ArrayList<>(List.of("replay", "--input=" + input, "--topic=" + topic));
    verb.addAll(List.of(more));
    fine(verb.toArray(String[]::new));
  }

  /** Whether each of the three views of retail has refreshed so many batches. */
  boolean hasRefreshed(int batches) {
    Path views = lake.resolve("checkpoints/retail/refresh");
    if (!Files.exists(views)) {
      return false;
    }
    try (Stream<Path> all = Files.list(views)) {
      return all.filter(view -> Files.exists(view.resolve("commits/" + (batches - 1)))).count()
          == 3;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<String> onLake(String... words) {
    return Stream.concat(Stream.of(words), Stream.of("--lake=" + lake, "--pipeline=" + pipeline));
  }
}
