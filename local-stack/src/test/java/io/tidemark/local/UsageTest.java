package io.tidemark.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.Main;
import io.tidemark.cli.Verb;
import io.tidemark.output.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class UsageTest {
  static List<String> verbs() {
    return List.copyOf(new CommandLine(new Main()).getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void aWrongOptionOfAnyVerbIsToldInTwoLines(String verb) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      assertThat(Verb.run(new Main(), verb, "--hlep")).isEqualTo(ExitCode.WRONG_USAGE);
    } finally {
      System.setErr(stderr);
    }
    assertThat(err.toString(UTF_8).lines())
        .hasSize(2)
        .startsWith("Unknown option '--hlep'. Did you mean '--help'?")
        .last()
        .asString()
        .startsWith("Usage: tidemark " + verb + " [-hV]");
  }
}
