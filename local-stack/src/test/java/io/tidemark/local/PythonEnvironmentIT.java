package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tool")
class PythonEnvironmentIT {
  @TempDir Path folder;

  @Test
  void librariesOfTheLockAreThereAndAreInstalledOnce() throws Exception {
    Path wheel = wheel();
    Path lock = lock(wheel, sha256(wheel));
    Path programs = environment(lock).require();
    assertThat(says(programs)).isEqualTo("one and two");

    // Nothing is left to install from.
    Files.delete(wheel);
    assertThat(environment(lock).require()).isEqualTo(programs);
  }

  @Test
  void anInstallationThatWasCutOffIsMadeFromTheStart() throws Exception {
    Path wheel = wheel();
    Path lock = lock(wheel, sha256(wheel));
    Path programs = environment(lock).require();
    Files.delete(programs.resolveSibling("complete"));
    Files.writeString(programs.resolve("python-of-yesterday"), "");
    assertThat(says(environment(lock).require())).isEqualTo("one and two");
    assertThat(programs.resolve("python-of-yesterday")).doesNotExist();
  }

  @Test
  void aLibraryThatIsNotWhatWasLockedIsRefused() throws Exception {
    Path lock = lock(wheel(), "0".repeat(64));
    assertThatThrownBy(() -> environment(lock).require())
        .hasMessageContaining("Cannot make a virtual environment of Python 3.")
        .hasMessageContaining("from " + lock + ": pip ended with exit code 1.")
        .hasMessageContaining("DO NOT MATCH THE HASHES");
  }

  @Test
  void aDiskWithTooLittleRoomIsSaidBeforeAnythingIsFetched() throws Exception {
    Path lock = Files.writeString(folder.resolve("requirements.txt"), "");
    Path caches = folder.resolve("caches");
    assertThatThrownBy(
            () ->
                PythonEnvironment.of(
                        "tests",
                        Long.MAX_VALUE,
                        lock,
                        Python.find("Tests", System.getenv()),
                        caches)
                    .require())
        .hasMessageMatching(
            "Cannot install Python's libraries for tests in .*: it takes [0-9,]+ MB there, and"
                + " [0-9,]+ MB are free\\. Make room, or set TIDEMARK_CACHE to a folder of another disk\\.");
    assertThat(caches.toFile().list()).allMatch(name -> name.endsWith(".lock"));
  }

  @Test
  void aDiskThatFillsUpMeanwhileIsSaidInOurWordsAndWhatWasInstalledIsDeleted() throws Exception {
    Path lock = Files.writeString(folder.resolve("requirements.txt"), "");
    Path caches = folder.resolve("caches");
    Python python = new Python(pythonWhosePipSays("No space left on device"), 11);
    assertThatThrownBy(() -> PythonEnvironment.of("tests", 1, lock, python, caches).require())
        .hasMessageMatching(
            "(?s)Cannot install Python's libraries for tests in \\Q%s\\E/python-tests-3\\.11-\\w+: the disk filled up during the installation\\. They take up to 1 MB there while they are installed, and [0-9,]+ MB are free now that the unfinished installation is deleted\\. .+ Then try again\\.\nat 2 of .*\nin \\Q%s\\E/python-tests-3\\.11-\\w+/temporary"
                .formatted(caches, caches));
    assertThat(caches.toFile().list()).allMatch(name -> name.endsWith(".lock"));
  }

  /** A lock of Python's is one for Java, too. */
  @Test
  void whoeverComesWhileAnotherProcessInstallsIsToldAndWaits() throws Exception {
    Path wheel = wheel();
    Path lock = lock(wheel, sha256(wheel));
    Path programs = environment(lock).require();
    Files.delete(programs.resolveSibling("complete"));
    Process other =
        new ProcessBuilder(
                programs.resolve("python").toString(),
                "-c",
                "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.lockf(file, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()",
                programs.getParent() + ".lock")
            .start();
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('l');
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      CompletableFuture<Path> waiting =
          CompletableFuture.supplyAsync(() -> environment(lock).require());
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  said.toString(StandardCharsets.UTF_8)
                      .contains(
                          "Another process is installing Python's libraries for tests in %s. Waiting for it."
                              .formatted(programs.getParent())));
      other.getOutputStream().close();
      assertThat(waiting.join()).isEqualTo(programs);
    } finally {
      System.setErr(err);
      other.destroy();
    }
  }

  /** It makes a virtual environment of one program, which fails and writes much about it. */
  private Path pythonWhosePipSays(String error) throws IOException {
    Path python = folder.resolve("python3");
    Files.writeString(
        python,
        """
        #!/bin/sh
        mkdir -p "$3/bin"
        cat >"$3/bin/python" <<'END'
        #!/bin/sh
        echo "ERROR: Could not install packages due to an OSError: [Errno 28] %s"
        for line in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "at $line of what it had built"; done
        echo "in $TMPDIR"
        exit 1
        END
        chmod +x "$3/bin/python"
        """
            .formatted(error));
    assertThat(python.toFile().setExecutable(true)).isTrue();
    return python;
  }

  private PythonEnvironment environment(Path lock) {
    return PythonEnvironment.of(
        "tests", 1, lock, Python.find("Tests", System.getenv()), folder.resolve("caches"));
  }

  private static String says(Path programs) throws IOException {
    return new Program(
            List.of(programs.resolve("python").toString(), "-c", "import tiny; print(tiny.says)"),
            programs,
            Map.of())
        .run(line -> false)
        .text();
  }

  private Path lock(Path wheel, String hash) throws IOException {
    return Files.writeString(
        folder.resolve("requirements.txt"),
        "tiny @ %s --hash=sha256:%s%n".formatted(wheel.toUri(), hash));
  }

  /** A library of one line, as the format of wheels has it. */
  private Path wheel() throws IOException {
    Path wheel = folder.resolve("tiny-1.0-py3-none-any.whl");
    try (OutputStream file = Files.newOutputStream(wheel);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      entry(zip, "tiny.py", "says = 'one and two'\n");
      entry(
          zip, "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n");
      entry(
          zip,
          "tiny-1.0.dist-info/WHEEL",
          "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
      entry(zip, "tiny-1.0.dist-info/RECORD", "");
    }
    return wheel;
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
