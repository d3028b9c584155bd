package io.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.tidemark.table.TableFormat;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.Trigger;

/** The walls of this module: what may know what. */
@AnalyzeClasses(packages = "io.tidemark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest static final ArchTests WALLS = ArchTests.in(Walls.class);

  @ArchTest
  static final ArchRule TABLES_KNOW_NOTHING_ELSE_OF_TIDEMARK =
      noClasses()
          .that()
          .resideInAPackage("io.tidemark.table..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.tidemark..").and(resideOutsideOfPackage("io.tidemark.table..")));

  @ArchTest
  static final ArchRule FORMATS_DO_NOT_KNOW_EACH_OTHER =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("session")
          .definedBy("io.tidemark.table.session")
          .layer("delta")
          .definedBy("io.tidemark.table.delta")
          .layer("iceberg")
          .definedBy("io.tidemark.table.iceberg")
          .layer("table")
          .definedBy("io.tidemark.table")
          .whereLayer("session")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("delta")
          .mayOnlyBeAccessedByLayers("session")
          .whereLayer("iceberg")
          .mayOnlyBeAccessedByLayers("session");

  @ArchTest
  static final ArchRule CONFIGURATION_KNOWS_TABLES_BY_THEIR_FORMAT_ONLY =
      noClasses()
          .that()
          .resideInAPackage("io.tidemark.pipeline")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.tidemark..")
                  .and(resideOutsideOfPackage("io.tidemark.pipeline"))
                  .and(not(type(TableFormat.class))));

  @ArchTest
  static final ArchRule ONE_PACKAGE_NAMES_DELTA =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.tidemark.table.delta")
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.delta..", "org.apache.spark.sql.delta.."))
          .because("every table is a LakeTable, whatever its format");

  @ArchTest
  static final ArchRule ONE_PACKAGE_NAMES_ICEBERG =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.tidemark.table.iceberg")
          .should()
          .dependOnClassesThat(resideInAPackage("org.apache.iceberg.."))
          .because("every table is a LakeTable, whatever its format");

  @ArchTest
  static final ArchRule NOTHING_STARTS_HERE =
      noMethods()
          .should()
          .haveNameMatching("main")
          .andShould()
          .beStatic()
          .because("this module says what the lake holds; jobs stand on it");

  @ArchTest
  static final ArchRule NOTHING_STREAMS_HERE =
      noClasses()
          .should()
          .dependOnClassesThat(type(DataStreamWriter.class).or(type(Trigger.class)))
          .because("keeping the lake current is the streaming jobs' work");
}
