package io.tidemark.quality;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.util.Set;

/** The walls of this module: lake-schemas is compiled for another Spark than the one here. */
@AnalyzeClasses(
    packages = "io.tidemark.quality",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Set<String> WITHOUT_SPARK =
      Set.of(
          "io.tidemark.table.ConditionalWrites",
          "io.tidemark.table.FileContents",
          "io.tidemark.table.TableFormat",
          "io.tidemark.table.LocalFiles",
          "io.tidemark.table.LocalFiles$Context",
          "io.tidemark.table.delta.ExclusiveLogStore",
          "io.tidemark.ops.Operations",
          "io.tidemark.ops.EditedDates",
          "io.tidemark.ops.EndedRun",
          "io.tidemark.ops.QualityAnswer",
          "io.tidemark.ops.QualityAnswer$Asked",
          "io.tidemark.ops.QualityAnswer$Files",
          "io.tidemark.ops.QualityAnswer$Outcome",
          "io.tidemark.ops.QualityAnswer$Present",
          "io.tidemark.ops.VerbRun",
          "io.tidemark.ops.VerbRun$End");

  private static final DescribedPredicate<JavaClass> SHARED =
      resideInAnyPackage(
              "io.tidemark.quality",
              "io.tidemark.pipeline",
              "io.tidemark.cli",
              "io.tidemark.output")
          .or(describe("named", type -> WITHOUT_SPARK.contains(type.getName())));

  @ArchTest
  static final ArchRule NOTHING_OF_ANOTHER_SPARK_IS_CALLED =
      noClasses()
          .should(
              ArchConditions.dependOnClassesThat(
                  resideInAPackage("io.tidemark..").and(DescribedPredicate.not(SHARED))))
          .because("it is compiled for Spark 4.1: only what names no class of Spark works here");

  @ArchTest
  static final ArchRule NOTHING_STANDS_ON_COMMANDS =
      noClasses()
          .that()
          .haveNameNotMatching(".*Command(\\$.*)?")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.tidemark.cli").or(simpleNameEndingWith("Command")))
          .because("a command says what was asked for; what it runs can be asked by others");

  @ArchTest
  static final ArchRule OPERATIONS_ARE_READ_AS_TEXT =
      noClasses()
          .should()
          .callMethod(io.tidemark.ops.Operations.class, "columns")
          .orShould()
          .callMethod(
              io.tidemark.ops.Operations.class, "table", io.tidemark.table.TableFormat.class)
          .because("they make types of another Spark");

  @ArchTest
  static final ArchRule ONE_CLASS_FINDS_TABLES_AND_ONE_WRITES_THEM =
      classes()
          .that()
          .haveSimpleNameNotStartingWith("LakeTables")
          .and()
          .haveSimpleNameNotStartingWith("QualityTables")
          .and()
          .doNotHaveSimpleName("DatePartition")
          .should()
          .onlyDependOnClassesThat(
              DescribedPredicate.not(
                  resideInAnyPackage(
                      "io.delta..", "org.apache.iceberg..", "org.apache.spark.sql.delta..")));
}
