package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The functions of the Spark that asks checks of quality. It is an older one than all else runs on,
 * and a newer one, which validates their conditions, knows more.
 */
public final class QualityFunctions {
  private static final String FILE = "quality-functions.txt";
  private static final SortedSet<String> NAMES = read();

  private QualityFunctions() {}

  /** Names in lower case. */
  public static SortedSet<String> names() {
    return new TreeSet<>(NAMES);
  }

  public static boolean has(String name) {
    return NAMES.contains(name);
  }

  private static SortedSet<String> read() {
    try (InputStream file = QualityFunctions.class.getResourceAsStream(FILE)) {
      return new TreeSet<>(new String(file.readAllBytes(), UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + FILE, e);
    }
  }
}
