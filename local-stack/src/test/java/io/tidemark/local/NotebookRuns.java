package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notebooks of the project, run by nbclient on a lake. */
public final class NotebookRuns {
  private static final Path RUNNER =
      Path.of("src", "test", "python", "run_notebooks.py").toAbsolutePath();

  private final Path results;

  private NotebookRuns(Path results) {
    this.results = results;
  }

  /**
   * @param folder where results are kept
   * @param names without ending
   */
  public static NotebookRuns of(Path lake, Path folder, List<String> names) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Notebooks.programs(System.getenv()).resolve("python").toString());
    command.add(RUNNER.toString());
    command.add(folder.toString());
    names.forEach(name -> command.add(Notebooks.originals().resolve(name + ".ipynb").toString()));
    Map<String, String> variables = new HashMap<>(new Notebooks(lake).variables());
    // Times are in UTC wherever their reader is.
    variables.put("TZ", "America/St_Johns");
    // And a Spark of their own is not taken.
    variables.put("SPARK_HOME", folder.resolve("another spark").toString());
    Program.Ended run = new Program(command, folder, variables).run(line -> false);
    assertThat(run.exitCode()).as(run.text()).isZero();
    return new NotebookRuns(folder);
  }

  /** What its cells printed, and how many plots it drew; fails if it has failed. */
  public String outputOf(String name) throws IOException {
    Path error = results.resolve(name + ".error");
    assertThat(Files.exists(error) ? Files.readString(error) : "").isEmpty();
    assertThat(results.resolve(name + ".faults")).hasContent("");
    return Files.readString(results.resolve(name + ".txt"));
  }
}
