package io.tidemark.deadletters;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DeadLetterFilterTest {
  private final Pipeline retail = PipelineFile.read(RetailCopy.ORIGINAL);

  private void check(String... options) {
    CommandLine.populateCommand(new DeadLetterFilter(), options)
        .check(retail, () -> Set.of("purchases", "purchases-2010"));
  }

  @Test
  void aReasonThatThereIsNotIsRefusedWithTheOneThatIsMeantAndAll() {
    assertThatThrownBy(() -> check("--reason=bad-magick"))
        .isInstanceOf(WrongUsageException.class)
        .hasMessageStartingWith("Unknown reason 'bad-magick'. Did you mean 'bad-magic'? The")
        .hasMessageEndingWith("no-key, max-future, max-past.");
    assertThatThrownBy(() -> check("--reason=bogus"))
        .isInstanceOf(WrongUsageException.class)
        .hasMessageStartingWith("Unknown reason 'bogus'. The reasons are: null-value, empty,");
  }

  @Test
  void aTopicThatThePipelineNeverHadIsRefusedWithItsTopics() {
    assertThatThrownBy(() -> check("--topic", "purchase"))
        .isInstanceOf(WrongUsageException.class)
        .hasMessage(
            "Unknown topic 'purchase'. Did you mean 'purchases'? The topics of pipeline retail are: products, purchases, purchases-2010.");
  }

  @Test
  void whatThereIsOrWasOnceIsAskedFor() {
    assertThatCode(() -> check()).doesNotThrowAnyException();
    assertThatCode(() -> check("--reason=max-past", "--topic=products")).doesNotThrowAnyException();
    assertThatCode(() -> check("--topic=purchases-2010")).doesNotThrowAnyException();
  }
}
