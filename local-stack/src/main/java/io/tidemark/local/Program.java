package io.tidemark.local;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A program of somebody else that works for a while and writes how far it is.
 *
 * @param folder where it runs: not where a file of the user's could change what it does
 * @param variables what it finds in its environment beside ours
 */
record Program(List<String> command, Path folder, Map<String, String> variables) {
  private static final int LAST_LINES = 12;

  /** How it ended, and what it wrote last. */
  record Ended(int exitCode, List<String> lastLines) {
    String text() {
      return String.join(System.lineSeparator(), lastLines);
    }
  }

  /**
   * Waits until it has ended.
   *
   * @param isProgress takes each line; true for one that tells nothing but how far it is
   * @throws IOException if it cannot be started
   */
  Ended run(Predicate<String> isProgress) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    // A terminal's Ctrl-C reaches it too, a 'kill' of this process does not.
    Thread undo = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(undo);
    Ended ended = follow(process, isProgress);
    Runtime.getRuntime().removeShutdownHook(undo);
    return ended;
  }

  /** Java takes the end of a step of progress, a carriage return, for the end of a line. */
  private Ended follow(Process process, Predicate<String> isProgress) {
    Deque<String> lastLines = new ArrayDeque<>();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (!isProgress.test(line) && !line.isBlank()) {
          lastLines.add(line.strip());
          if (lastLines.size() > LAST_LINES) {
            lastLines.remove();
          }
        }
      }
      return new Ended(process.waitFor(), List.copyOf(lastLines));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what %s says".formatted(command.get(0)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot wait for %s any longer: interrupted".formatted(command.get(0)), e);
    }
  }
}
