package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaHomesTest {
  @TempDir Path folder;

  @Test
  void theChosenJavaComesBeforeAllOthers() throws IOException {
    Path chosen = java("chosen", "99.0.1");
    Path usual = java("usual", "99");
    assertThat(
            JavaHomes.atLeast(
                99,
                JavaHomes.OF_REGISTRY,
                Map.of(
                    "TIDEMARK_REGISTRY_JAVA_HOME", chosen.toString(),
                    "JAVA_HOME", usual.toString())))
        .contains(chosen);
  }

  @Test
  void javaHomeIsTakenIfItIsRecentEnough() throws IOException {
    Path home = java("home", "98-ea");
    assertThat(JavaHomes.atLeast(98, JavaHomes.OF_REGISTRY, Map.of("JAVA_HOME", home.toString())))
        .contains(home);
    assertThat(JavaHomes.atLeast(99, JavaHomes.OF_TRINO, Map.of("JAVA_HOME", home.toString())))
        .isEmpty();
  }

  @Test
  void aChosenJavaThatIsTooOldIsAnErrorAndNotPassedOver() throws IOException {
    String old = java("old", "1.8.0_402").toString();
    assertThatThrownBy(
            () ->
                JavaHomes.atLeast(
                    21, JavaHomes.OF_REGISTRY, Map.of("TIDEMARK_REGISTRY_JAVA_HOME", old)))
        .hasMessage(
            "Cannot use TIDEMARK_REGISTRY_JAVA_HOME=%s: no Java 21 or later is there. Name another, or unset it.",
            old);
  }

  @Test
  void whatTheRegistryWasGivenServesTrinoTooIfItIsRecentEnough() throws IOException {
    Map<String, String> variables =
        Map.of(JavaHomes.OF_REGISTRY, java("registry", "98").toString());
    assertThat(JavaHomes.atLeast(98, JavaHomes.OF_TRINO, variables))
        .contains(folder.resolve("registry"));
    assertThat(JavaHomes.atLeast(99, JavaHomes.OF_TRINO, variables)).isEmpty();
  }

  private Path java(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
    Path program = Files.createFile(home.resolve("bin/java"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return home;
  }
}
