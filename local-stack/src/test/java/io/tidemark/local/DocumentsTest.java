package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tidemark.Main;
import io.tidemark.local.Page.Mention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Holds README.md and docs/ to the code: what they tell to type and to read is there. */
class DocumentsTest {
  private static final String LAUNCHER = "./tidemark ";
  private static final String SUBMIT = "spark-submit ";

  private static final Pattern PATH = Pattern.compile("\\w[\\w.-]*(?:/[\\w.-]+)+");
  private static final Pattern SOURCE =
      Pattern.compile(".+\\.(?:avsc|java|json|md|properties|sql|xml|yaml)");
  private static final Pattern CLASS = Pattern.compile("(?:[a-z]+\\.)*[A-Z]\\w*[a-z]\\w*");

  /** Folders whose files the build makes. */
  private static final String BUILT = "/target/";

  @Test
  void everyCommandNamesAVerbAndItsOptions() throws IOException {
    assertThat(commands(LAUNCHER))
        .isNotEmpty()
        .allSatisfy(
            command -> {
              List<String> words = command.words();
              assertParses(command, Main.class.getName(), words.subList(1, words.size()));
            });
  }

  @Test
  void everySubmittedClassIsThereAndHasTheOptions() throws IOException {
    assertThat(commands(SUBMIT))
        .isNotEmpty()
        .allSatisfy(
            command -> {
              List<String> words = command.words();
              String verb = words.get(words.indexOf("--class") + 1);
              assertParses(command, verb, afterTheJar(words));
            });
  }

  @Test
  void everyVerbOfAClusterHasTheClassAndTheOptionsThatAreListed() throws IOException {
    List<SubmitLines.Listed> listed = SubmitLines.listed();
    assertThat(listed).hasSizeGreaterThan(5);
    assertThat(listed)
        .allSatisfy(
            verb -> {
              assertThat(parser(verb.type()).getCommandName()).isEqualTo(verb.verb());
              assertParses(verb.options(), verb.type(), verb.options().words());
            });
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    Stream<Mention> links = mentions(Page::links).filter(link -> !link.text().contains("://"));
    assertThat(links)
        .isNotEmpty()
        .allSatisfy(link -> assertThat(link.target()).as("%s", link).exists());
  }

  @Test
  void everyPathIsThere() throws IOException {
    Stream<Mention> words =
        mentions(Page::commands).flatMap(command -> command.words().stream().map(command::of));
    assertThat(Stream.concat(mentions(Page::spans), words).filter(DocumentsTest::isOfTheProject))
        .isNotEmpty()
        .allSatisfy(path -> assertThat(Page.ROOT.resolve(path.text())).as("%s", path).exists());
  }

  @Test
  void everyClassOnTheWayOfAnEventIsThere() throws IOException {
    Set<String> sources = sources();
    Page architecture = Page.read(Page.ROOT.resolve("docs/architecture.md"));
    Stream<Mention> classes =
        architecture.spans().stream()
            .map(span -> span.of(span.text().replaceFirst("\\.java$", "")))
            .filter(span -> CLASS.matcher(span.text()).matches());
    assertThat(classes)
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(sources.stream().anyMatch(source -> isOf(source, name.text())))
                    .as("%s is a class of this project", name)
                    .isTrue());
  }

  private static Stream<Mention> commands(String beginning) throws IOException {
    return mentions(Page::commands).filter(command -> command.text().startsWith(beginning));
  }

  private static Stream<Mention> mentions(Function<Page, List<Mention>> part) throws IOException {
    return Page.all().stream().flatMap(page -> part.apply(page).stream());
  }

  private static List<String> afterTheJar(List<String> words) {
    return words.stream().dropWhile(word -> !word.endsWith(".jar")).skip(1).toList();
  }

  private static void assertParses(Mention command, String verb, List<String> arguments) {
    assertThatCode(() -> parser(verb).parseArgs(arguments.toArray(String[]::new)))
        .as("%s", command)
        .doesNotThrowAnyException();
  }

  /** As {@link io.tidemark.cli.Verb} parses, but nothing runs. */
  private static CommandLine parser(String verb) throws ClassNotFoundException {
    Class<?> command = Class.forName(verb, false, DocumentsTest.class.getClassLoader());
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Whether it is a path, and neither the build nor a reader of the page makes what is there. */
  private static boolean isOfTheProject(Mention mention) {
    String text = mention.text();
    return PATH.matcher(text).matches()
        && (SOURCE.matcher(text).matches()
            || Files.exists(Page.ROOT.resolve(Path.of(text).getName(0))))
        && !text.contains(BUILT)
        && !mention.page().makes(text);
  }

  /** Every source file, with slashes. */
  private static Set<String> sources() throws IOException {
    Set<String> sources = new HashSet<>();
    try (Stream<Path> modules = Files.list(Page.ROOT)) {
      for (Path folder : modules.map(module -> module.resolve("src")).toList()) {
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files.map(file -> file.toString().replace('\\', '/')).forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }

  private static boolean isOf(String source, String name) {
    return source.endsWith("/" + name.replace('.', '/') + ".java");
  }
}
