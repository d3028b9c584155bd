package io.tidemark.local;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Spark 3.5 in the layout of Spark's own distributions, of the jars that Maven has.
 *
 * @param home what {@code SPARK_HOME} is set to
 */
public record OlderSpark(Path home) {
  private static final Pattern HADOOP = Pattern.compile("hadoop-client-(api|runtime)-.*");

  /** The client for S3 of our own Spark's Hadoop, with what it stands on, and PostgreSQL's. */
  private static final Pattern S3 =
      Pattern.compile(
          ".*/(software/amazon|hadoop-aws|reactive-streams|httpclient|httpcore|postgresql/postgresql)/.*\\.jar");

  /** As it is distributed, with its own Hadoop. */
  public static OlderSpark in(Path home) throws IOException {
    return of(home, Stream.of(QualityJar.provided().split(":")));
  }

  /** With the Hadoop of our own Spark in place of its own. */
  public static OlderSpark withNewerHadoop(Path home) throws IOException {
    return of(
        home,
        Stream.concat(
            Stream.of(QualityJar.provided().split(":")).filter(jar -> !isHadoop(jar)),
            ours().filter(OlderSpark::isHadoop)));
  }

  private static OlderSpark of(Path home, Stream<String> provided) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (Path jar : provided.map(Path::of).toList()) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    OlderSpark spark = new OlderSpark(home);
    Files.createDirectories(spark.submit().getParent());
    Files.writeString(
        spark.submit(),
        """
        #!/bin/sh
        exec '%s' '@%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s/*' org.apache.spark.deploy.SparkSubmit "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Path.of("target/java.options").toAbsolutePath(),
                jars));
    assertThat(spark.submit().toFile().setExecutable(true)).isTrue();
    return spark;
  }

  private static Stream<String> ours() {
    return Stream.of(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
            .split(File.pathSeparator));
  }

  private static boolean isHadoop(String jar) {
    return HADOOP.matcher(Path.of(jar).getFileName().toString()).matches();
  }

  /** The program that submits applications. */
  Path submit() {
    return home.resolve("bin/spark-submit");
  }

  /** Its checks, on this machine, with the client for S3 that our own Spark has. */
  public SubmittedVerb checks(Path pipeline, Path environment, Path folder) throws IOException {
    String jars =
        Stream.concat(
                Stream.of(Files.readString(QualityJar.PACKAGES).strip().split(",")),
                ours().filter(jar -> S3.matcher(jar).matches()))
            .collect(joining(","));
    return SubmittedVerb.start(
        "spark-submit --master 'local[2]' --jars '%s' --class io.tidemark.quality.QualityCommand '%s' --pipeline '%s' --environment '%s'"
            .formatted(jars, QualityJar.JAR.toAbsolutePath(), pipeline, environment),
        Map.of("SPARK_HOME", home.toString(), "SPARK_LOCAL_IP", "127.0.0.1"),
        folder);
  }
}
