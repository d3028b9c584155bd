package io.tidemark.local.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random pipelines, and random changes of their schemas: what validate accepts starts, lands,
 * refreshes, reconciles and is read back, by the streams and tables that are there; what the tables
 * cannot become it refuses. {@code -Dtidemark.evolutions=N} tries more of them.
 */
class EvolutionPropertyIT {
  private static final int EVOLUTIONS = Integer.getInteger("tidemark.evolutions", 6);
  private static final int OF_ONE_LAKE = 6;
  private static final long FIRST_SEED = Long.getLong("tidemark.evolution-seed", 1);

  @TempDir private Path folder;

  @Test
  void whatValidateAcceptsRunsAndIsReadBackWhateverItWasBefore() throws Exception {
    for (int tried = 0, lake = 0; tried < EVOLUTIONS; tried += OF_ONE_LAKE, lake++) {
      long seed = FIRST_SEED + lake;
      TableFormat format = TableFormat.values()[(int) (seed % 2)];
      List<String> history = new ArrayList<>();
      try (EvolvingLake evolving =
          new EvolvingLake(folder.resolve("lake" + seed), format, new Random(seed))) {
        evolve(evolving, new Random(-seed), history);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("Seed %d (%s), after %s".formatted(seed, format, history), e);
      }
    }
  }

  private static void evolve(EvolvingLake lake, Random random, List<String> history)
      throws Exception {
    Shape.Fields fields = Shape.fields(random, 2);
    history.add(fields.json("Ride"));
    lake.write(fields, false);
    assertThat(lake.problems()).as("the first schema").isEmpty();
    lake.run();
    for (int number = 1; number <= OF_ONE_LAKE; number++) {
      boolean compatible = random.nextInt(3) > 0;
      Change change = change(fields, compatible, random, number);
      history.add(change.what() + ": " + change.fields().json("Ride"));
      lake.write(change.fields(), number > OF_ONE_LAKE / 2);
      if (change.compatible()) {
        assertThat(lake.problems()).as(change.what()).isEmpty();
        lake.run();
        fields = change.fields();
      } else {
        assertThat(lake.problems()).as(change.what()).isNotEmpty();
      }
    }
  }

  private static Change change(Shape.Fields fields, boolean compatible, Random random, int number) {
    for (int attempt = 0; attempt < 100; attempt++) {
      Optional<Change> change = Change.of(fields, compatible, random, number);
      if (change.isPresent()) {
        return change.get();
      }
    }
    return Change.of(fields, !compatible, random, number)
        .orElseGet(() -> new Change(fields, true, "nothing"));
  }
}
