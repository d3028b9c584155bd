package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process writes, in files, so that it never waits for somebody to read it. */
record KeptOutput(Path out, Path err) {

  /**
   * @param name with which those of the files begin
   */
  static KeptOutput in(Path folder, String name) throws IOException {
    return new KeptOutput(
        Files.createTempFile(folder, name, ".out"), Files.createTempFile(folder, name, ".err"));
  }

  /** Starts the process whose output it is. */
  Process start(ProcessBuilder process) throws IOException {
    return process.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }

  String output() {
    return read(out);
  }

  String errors() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
