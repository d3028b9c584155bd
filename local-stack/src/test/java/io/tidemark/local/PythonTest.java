package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonTest {
  @TempDir Path folder;

  @Test
  void anOldPythonIsPassedOverForOneThatWillDo() throws IOException {
    program("old/python3.11", "echo 3.9");
    Path recent = program("recent/python3", "echo 3.14");
    assertThat(Python.find("Notebooks", onPath("old", "recent"))).isEqualTo(new Python(recent, 14));
  }

  @Test
  void withoutAnyTheMessageSaysWhatIsNeededAndHowToGetIt() throws IOException {
    program("old/python3", "echo 3.9");
    // As Debian's Python without the package python3-venv.
    program("bare/python3", "echo \"No module named 'ensurepip'\" >&2; exit 1");
    assertThatThrownBy(() -> Python.find("Notebooks", onPath("old", "bare", "empty")))
        .hasMessage(
            "Notebooks need Python 3.10 or later with the modules venv and ensurepip, and none is on PATH. Install one (on Debian and Ubuntu the packages python3 and python3-venv), or name one in TIDEMARK_PYTHON.");
  }

  @Test
  void aChosenPythonThatWillNotDoIsAnErrorAndNotPassedOver() throws IOException {
    Path old = program("old/python3", "echo 3.9");
    program("recent/python3", "echo 3.14");
    Map<String, String> variables =
        Map.of("TIDEMARK_PYTHON", old.toString(), "PATH", folder.resolve("recent").toString());
    assertThatThrownBy(() -> Python.find("Notebooks", variables))
        .hasMessage(
            "Cannot use TIDEMARK_PYTHON=%s: it is not a Python 3.10 or later with the modules venv and ensurepip. Name another, or unset it.",
            old);
  }

  private Map<String, String> onPath(String... folders) {
    return Map.of(
        "PATH",
        String.join(
            ":", Arrays.stream(folders).map(name -> folder.resolve(name).toString()).toList()));
  }

  private Path program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
