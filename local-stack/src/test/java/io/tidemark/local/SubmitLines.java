package io.tidemark.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of the documentation that submit a verb, with what a reader fills in. The files of the
 * driver are under names that mean something else to any other process, where the system has such
 * names: no executor can read them.
 *
 * @param folder with the pipeline, {@code retail}, and the environment file, {@code cluster.yaml}
 */
record SubmitLines(Path folder) {
  static final String PIPELINE = "retail";
  static final String ENVIRONMENT = "cluster.yaml";

  private static final Path README = Page.ROOT.resolve("README.md");
  private static final Path CLUSTER = Page.ROOT.resolve("docs/cluster.md");
  private static final Path QUALITY = Page.ROOT.resolve("docs/quality.md");

  private static final String DESCRIPTOR = "9";
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static final Pattern LISTED =
      Pattern.compile("(?m)^\\| `([a-z-]+)` \\| `(\\S+)` \\| `\\S+` \\| `(.+)` \\|$");

  /** A verb of the page about clusters, its class, and an example of its options. */
  record Listed(String verb, String type, Page.Mention options) {}

  static List<Listed> listed() throws IOException {
    Page page = Page.read(CLUSTER);
    return LISTED.matcher(page.text()).results().map(row -> listed(page, row)).toList();
  }

  private static Listed listed(Page page, MatchResult row) {
    int line = page.text().substring(0, row.start()).split("\n", -1).length;
    return new Listed(row.group(1), row.group(2), new Page.Mention(page, line, row.group(3)));
  }

  /** A line of README. */
  String readme(String verb) throws IOException {
    return filled(line(Page.read(README), verb), jars(Page.read(README)));
  }

  /** A verb that has no line of its own, but that of another one with its class and options. */
  String listed(String verb) throws IOException {
    String maintain = line(Page.read(README), "io.tidemark.maintain.MaintainCommand");
    Listed listed =
        listed().stream().filter(each -> each.verb().equals(verb)).findFirst().orElseThrow();
    String line =
        maintain
            .replaceFirst("--class \\S+", Matcher.quoteReplacement("--class " + listed.type()))
            .replaceFirst("(?<=\\.jar ).*", Matcher.quoteReplacement(listed.options().text()));
    return filled(line, jars(Page.read(README)));
  }

  /** The line of the checks, which are another Spark's. */
  String quality() throws IOException {
    Page page = Page.read(QUALITY);
    return filled(line(page, "io.tidemark.quality.QualityCommand"), jars(page));
  }

  private static String line(Page page, String verb) {
    return page.commands().stream()
        .map(Page.Mention::text)
        .filter(line -> line.contains("--class " + verb + " "))
        .findFirst()
        .orElseThrow();
  }

  /** As the page names them for machines that have built Tidemark. */
  private static String jars(Page page) {
    return page.spans().stream()
        .map(Page.Mention::text)
        .filter(span -> span.startsWith("--jars "))
        .findFirst()
        .orElseThrow();
  }

  private String filled(String line, String jars) {
    boolean isHidden = Files.isDirectory(DESCRIPTORS);
    Path seen = isHidden ? DESCRIPTORS.resolve(DESCRIPTOR) : folder;
    String filled =
        line.replaceFirst("--packages \\S+", Matcher.quoteReplacement(jars))
            .replace("conf/retail", "'" + seen.resolve(PIPELINE) + "'")
            .replace("FILE", "'" + seen.resolve(ENVIRONMENT) + "'");
    return isHidden ? filled + " %s<'%s'".formatted(DESCRIPTOR, folder) : filled;
  }
}
