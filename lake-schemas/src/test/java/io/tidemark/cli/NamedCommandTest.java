package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.output.ExitCode;
import io.tidemark.output.NamedCommand;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class NamedCommandTest {
  @Command(name = "look")
  private static final class Look implements Callable<Integer> {
    @Mixin private PipelineOption pipeline;
    @Mixin private LakeOptions lake;
    private String named;

    @Override
    public Integer call() {
      named = NamedCommand.of("quality --dirty");
      return ExitCode.FINE;
    }
  }

  private static String named(String... args) {
    Look look = new Look();
    assertThat(Verb.run(look, args)).isEqualTo(ExitCode.FINE);
    return look.named;
  }

  @Test
  void aRunWithTheDefaultsNamesTheCommandAlone() {
    assertThat(named()).isEqualTo("./tidemark quality --dirty");
  }

  @Test
  void thePipelineAndTheLakeOfTheRunAreNamedToo() {
    assertThat(named("--pipeline", "conf/rides", "--lake=/tmp/rides"))
        .isEqualTo("./tidemark quality --dirty --pipeline conf/rides --lake /tmp/rides");
    assertThat(named("--environment", "prod.yaml"))
        .isEqualTo("./tidemark quality --dirty --environment prod.yaml");
  }

  @Test
  void aNameThatAShellWouldTakeApartIsQuoted() {
    assertThat(named("--lake", "it's my lake"))
        .isEqualTo("./tidemark quality --dirty --lake 'it'\\''s my lake'");
  }

  @Test
  void theNextRunKnowsNothingOfIt() {
    named("--pipeline", "conf/rides");
    assertThat(NamedCommand.of("status")).isEqualTo("./tidemark status");
  }
}
