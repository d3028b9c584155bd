package io.tidemark.local.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that does its work, writes what that took into a file, and ends.
 *
 * @param name of who takes the turn
 * @param log what the process prints
 */
record Turn(String name, Path result, Path log) {

  /**
   * @param type of what the process writes
   */
  <T> T run(ProcessBuilder builder, Class<T> type) {
    try {
      Files.createDirectories(log.getParent());
      Files.deleteIfExists(result);
      Process process =
          builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile())).start();
      try {
        return read(process.waitFor(), type);
      } finally {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot measure '%s': %s".formatted(name, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot measure '%s': interrupted".formatted(name), e);
    }
  }

  private <T> T read(int code, Class<T> type) throws IOException {
    if (code != 0 || !Files.exists(result)) {
      throw new IllegalStateException(
          "Cannot measure '%s': it ended with code %d and %s result. See the logs in %s"
              .formatted(name, code, Files.exists(result) ? "a" : "without a", log.getParent()));
    }
    return Worker.JSON.readValue(result.toFile(), type);
  }
}
