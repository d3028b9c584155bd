package io.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import picocli.CommandLine.Command;

/** The walls that every module has. */
public final class Walls {
  private static final DescribedPredicate<JavaClass> COMMANDS =
      describe("are commands, or what only commands share", Walls::isOfCommands);

  @ArchTest
  public static final ArchRule PACKAGES_STAND_ON_EACH_OTHER =
      slices()
          .matching("io.tidemark.(**)")
          .should()
          .beFreeOfCycles()
          .because("whoever reads a package need not read those that stand on it");

  @ArchTest
  public static final ArchRule NOTHING_STANDS_ON_COMMANDS =
      noClasses()
          .that(not(COMMANDS).as("are not commands"))
          .should()
          .dependOnClassesThat(COMMANDS)
          .because("a command says what was asked for; what it runs can be asked by others");

  private Walls() {}

  private static boolean isOfCommands(JavaClass type) {
    return resideInAPackage("io.tidemark.cli").test(type)
        || type.isAnnotatedWith(Command.class)
        || type.getEnclosingClass().map(Walls::isOfCommands).orElse(false);
  }
}
