package io.tidemark.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A document of the project, and what it names. */
record Page(Path file, String text) {
  static final Path ROOT = Path.of("..");

  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(\\w*)(?: file=(\\S+))?\\n(.*?)^```$");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^((?:\\./tidemark|spark-submit) (?:.*\\\\\\n)*.*)$");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]+)[^)]*\\)");
  private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"']++)+");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

  /**
   * Text between fences.
   *
   * @param file where a reader is to put it
   */
  record Block(String language, Optional<String> file, String body) {}

  /** A part of a page, and the line that it begins in. */
  record Mention(Page page, int line, String text) {

    /** As a shell takes a command apart. */
    List<String> words() {
      Stream<MatchResult> words = WORD.matcher(text.replace("\\\n", " ")).results();
      return words.map(word -> QUOTED.matcher(word.group()).replaceAll("$1$2")).toList();
    }

    /** Where a link leads to, from its page. */
    Path target() {
      return page.file().resolveSibling(text);
    }

    /** The same place, but another part of it. */
    Mention of(String part) {
      return new Mention(page, line, part);
    }

    @Override
    public String toString() {
      return "%s:%d: %s".formatted(page.file(), line, text);
    }
  }

  static Page read(Path file) throws IOException {
    return new Page(file, Files.readString(file));
  }

  /** The README, and every page beside it. */
  static List<Page> all() throws IOException {
    List<Page> pages = new ArrayList<>();
    pages.add(read(ROOT.resolve("README.md")));
    try (DirectoryStream<Path> docs = Files.newDirectoryStream(ROOT.resolve("docs"), "*.md")) {
      for (Path file : docs) {
        pages.add(read(file));
      }
    }
    return pages;
  }

  List<Block> blocks() {
    return BLOCK.matcher(text).results().map(Page::block).toList();
  }

  private static Block block(MatchResult found) {
    return new Block(found.group(1), Optional.ofNullable(found.group(2)), found.group(3));
  }

  /** Commands of the project: lines of blocks, continued ones too, and those within a sentence. */
  List<Mention> commands() {
    Stream<Mention> inSentences =
        spans().stream().filter(span -> COMMAND.matcher(span.text()).lookingAt());
    return Stream.concat(found(COMMAND, text).stream(), inSentences).toList();
  }

  /** What stands between single backticks. */
  List<Mention> spans() {
    return found(SPAN, prose());
  }

  /** Where links lead to. */
  List<Mention> links() {
    return found(LINK, prose());
  }

  /** Whether a reader of this page makes the file, or a file in the folder. */
  boolean makes(String path) {
    return blocks().stream()
        .flatMap(block -> block.file().stream())
        .anyMatch(file -> file.equals(path) || file.startsWith(path + "/"));
  }

  /** The text without its blocks, every line at its place. */
  private String prose() {
    return BLOCK.matcher(text).replaceAll(block -> block.group().replaceAll(".", ""));
  }

  private List<Mention> found(Pattern pattern, String where) {
    return pattern.matcher(where).results().map(found -> mention(found, where)).toList();
  }

  private Mention mention(MatchResult found, String where) {
    int line = where.substring(0, found.start(1)).split("\n", -1).length;
    return new Mention(this, line, found.group(1));
  }
}
