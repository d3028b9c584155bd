package io.tidemark.local;

import io.tidemark.output.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.slf4j.LoggerFactory;

/**
 * Libraries of Python at the versions that a lock names, in a virtual environment: made once for
 * all clones of Tidemark on a machine.
 */
final class PythonEnvironment {
  private final String name;
  private final long megabytes;
  private final Python python;
  private final Path requirements;
  private final String locked;
  private final Path folder;

  private PythonEnvironment(
      String name, long megabytes, Python python, Path requirements, String locked, Path folder) {
    this.name = name;
    this.megabytes = megabytes;
    this.python = python;
    this.requirements = requirements;
    this.locked = locked;
    this.folder = folder;
  }

  /**
   * @param name what it is for, in the name of its folder
   * @param megabytes that it takes, while it is made too
   * @param requirements every library with its version and hashes, as pip-compile writes them
   * @param caches the folder to make it in
   */
  static PythonEnvironment of(
      String name, long megabytes, Path requirements, Python python, Path caches) {
    try {
      String locked = Files.readString(requirements);
      CRC32 sum = new CRC32();
      sum.update(locked.getBytes(StandardCharsets.UTF_8));
      String folder = "python-%s-3.%d-%08x".formatted(name, python.minor(), sum.getValue());
      return new PythonEnvironment(
          name, megabytes, python, requirements, locked, caches.resolve(folder));
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot read %s: %s".formatted(requirements, e.getMessage()), e);
    }
  }

  /**
   * The folder with its programs, made before if it is not there.
   *
   * @throws IllegalStateException if the disk has too little room for them, or one cannot be
   *     fetched or installed
   */
  Path require() {
    try {
      if (!isComplete()) {
        Turn turn =
            Turn.take(
                folder.resolveSibling(folder.getFileName() + ".lock"),
                "Another process is installing %s in %s. Waiting for it."
                    .formatted(what(), folder));
        try {
          // Which it may have finished while this one waited.
          if (!isComplete()) {
            make();
          }
        } finally {
          turn.close();
        }
      }
      return folder.resolve("bin");
    } catch (IOException e) {
      throw new IllegalStateException(
          isOfAFullDisk(e.getMessage()) && Files.isDirectory(folder.getParent())
              ? fullDisk(e.getMessage())
              : "Cannot make a virtual environment in %s: %s. Make room there, or set %s to a folder of another disk."
                  .formatted(folder, e.getMessage(), CacheFolder.CHOICE),
          e);
    }
  }

  private String what() {
    return "Python's libraries for " + name;
  }

  /** Its programs name the folder that they were made in, so it cannot be made beside and moved. */
  private Path mark() {
    return folder.resolve("complete");
  }

  /** The Python that it was made from may have been removed since. */
  private boolean isComplete() {
    return Files.exists(mark()) && Files.isExecutable(folder.resolve("bin/python"));
  }

  private void make() throws IOException {
    FileTree.delete(folder);
    CacheFolder.requireRoom(folder.getParent(), what(), megabytes);
    try {
      run(
          List.of(python.executable().toString(), "-m", "venv", folder.toString()),
          line -> false,
          Map.of());
      install();
      Files.createFile(mark());
    } catch (IOException e) {
      discard();
      throw e;
    }
  }

  private void install() throws IOException {
    // Pip fetches and builds in it, on the disk that was asked for room, and not in /tmp.
    Path temporary = Files.createDirectories(folder.resolve("temporary"));
    long libraries = locked.lines().filter(line -> line.matches("[A-Za-z0-9].*==.*")).count();
    try (Progress progress =
        Progress.start("install libraries of Python", libraries, "libraries")) {
      run(
          List.of(
              folder.resolve("bin/python").toString(),
              "-m",
              "pip",
              "install",
              "--require-hashes",
              "--no-deps",
              "--disable-pip-version-check",
              "--no-color",
              "--progress-bar=off",
              "--requirement",
              requirements.toAbsolutePath().toString()),
          line -> {
            if (line.startsWith("Collecting ")) {
              progress.step();
            }
            return line.matches(
                "\\s*(Collecting|Downloading|Using cached|Installing collected) .*");
          },
          Map.of("TMPDIR", temporary.toString()));
    }
    FileTree.delete(temporary);
  }

  private void run(
      List<String> command, Predicate<String> isProgress, Map<String, String> variables)
      throws IOException {
    AtomicBoolean full = new AtomicBoolean();
    Program.Ended ended =
        new Program(command, folder.getParent(), variables)
            .run(
                line -> {
                  full.compareAndSet(false, isOfAFullDisk(line));
                  return isProgress.test(line);
                });
    if (ended.exitCode() != 0) {
      discard();
      throw new IllegalStateException(
          full.get()
              ? fullDisk(ended.text())
              : "Cannot make a virtual environment of Python 3.%d in %s from %s: %s ended with exit code %d.%n%s"
                  .formatted(
                      python.minor(),
                      folder,
                      requirements,
                      command.contains("pip") ? "pip" : "venv",
                      ended.exitCode(),
                      ended.text()));
    }
  }

  /** As the system says it, whoever hands it on. */
  private static boolean isOfAFullDisk(String text) {
    return text != null
        && (text.contains("No space left on device") || text.contains("Disk quota exceeded"));
  }

  private String fullDisk(String said) {
    try {
      long free = CacheFolder.freeMegabytes(folder.getParent());
      return "Cannot install %s in %s: the disk filled up during the installation. They take up to %,d MB there while they are installed, and %,d MB are free now that the unfinished installation is deleted. %s Then try again.%n%s"
          .formatted(
              what(),
              folder,
              megabytes,
              free,
              free < megabytes
                  ? "Make room, or set %s to a folder of another disk."
                      .formatted(CacheFolder.CHOICE)
                  : "That is enough, so something else took the room for a while, you have a quota, or the full disk is that of pip's own cache: make room there, or set PIP_CACHE_DIR to a folder of another disk.",
              said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It is of no use, and takes the room that somebody has to make. */
  private void discard() {
    try {
      FileTree.delete(folder);
    } catch (IOException e) {
      LoggerFactory.getLogger(PythonEnvironment.class).warn("Cannot delete {}", folder, e);
    }
  }
}
