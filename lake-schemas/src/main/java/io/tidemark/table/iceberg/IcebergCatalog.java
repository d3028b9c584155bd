package io.tidemark.table.iceberg;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.SparkSession;

/**
 * The Iceberg catalog of a session, and what is wrong if it does not open.
 *
 * @param properties of the catalog, as Iceberg names them
 */
public record IcebergCatalog(SparkSession spark, Map<String, String> properties) {
  /** Iceberg's own clients try again for minutes. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /** RFC 6749, 5.2. */
  private static final Pattern REFUSED_CLIENT =
      Pattern.compile("(invalid|unauthorized)_client|invalid_(grant|scope)");

  /** Where tokens come from, if not from the catalog itself. */
  private static final String TOKENS = "oauth2-server-uri";

  private static final String PREFIX = "spark.sql.catalog.%s.".formatted(IcebergStorage.CATALOG);

  static IcebergCatalog of(SparkSession spark) {
    Map<String, String> properties = new HashMap<>();
    for (String key : new String[] {"type", "uri", TOKENS}) {
      String value = spark.conf().get(PREFIX + key, "");
      if (!value.isEmpty()) {
        properties.put(key, value);
      }
    }
    return new IcebergCatalog(spark, properties);
  }

  /**
   * @throws IllegalStateException if it does not open
   */
  Catalog open() {
    try {
      return Spark3Util.loadIcebergCatalog(spark, IcebergStorage.CATALOG);
    } catch (RuntimeException e) {
      Throwable reason = e;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      throw new IllegalStateException(message(reason), reason);
    }
  }

  /** Why its server is of no use; empty if it is, or if there is none. Takes seconds at most. */
  public Optional<String> problem() {
    return problem(PATIENCE);
  }

  Optional<String> problem(Duration patience) {
    if (isFile() || !properties.containsKey("uri")) {
      return Optional.empty();
    }
    FutureTask<Catalog> opening = new FutureTask<>(this::open);
    Thread thread = new Thread(opening, "open the Iceberg catalog");
    thread.setDaemon(true);
    thread.start();
    try {
      opening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(String.valueOf(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      opening.cancel(true);
      return Optional.of(
          message(
              new TimeoutException(
                  "it has not answered for %d s".formatted(patience.toSeconds()))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot open the Iceberg catalog: interrupted", e);
    }
  }

  private boolean isFile() {
    return properties.getOrDefault("uri", "").startsWith("jdbc:sqlite:");
  }

  private String message(Throwable reason) {
    return "Cannot open the Iceberg catalog%s: %s. %s%s"
        .formatted(place(), said(reason), wayOut(reason), tokens());
  }

  /** A failure does not say which of the two servers it is of. */
  private String tokens() {
    return properties.containsKey(TOKENS)
        ? " Its tokens come from %s: look there, too.".formatted(shown(properties.get(TOKENS)))
        : "";
  }

  private String wayOut(Throwable reason) {
    if (isOfLogin(reason)) {
      return "Look at 'token' or 'credential' (and 'scope') under 'catalog' in the environment file: it may have expired, or be one of another catalog.";
    }
    if (reason instanceof GeneralSecurityException || reason instanceof SSLException) {
      return "If Java does not know who signed its certificate, name a trust store that does (javax.net.ssl.trustStore).";
    }
    if (String.valueOf(reason.getMessage()).startsWith("No suitable driver")) {
      return "Start Spark with the package of the database's driver, for PostgreSQL org.postgresql:postgresql.";
    }
    return isFile()
        ? "Look at 'catalog' in the environment file; the folder of a local lake is made by './tidemark up'."
        : "Look at 'catalog' in the environment file, and whether its server runs.";
  }

  /** Servers of tokens have several names for a client that they refuse. */
  private static boolean isOfLogin(Throwable reason) {
    return reason instanceof NotAuthorizedException
        || reason instanceof ForbiddenException
        || reason instanceof BadRequestException
            && REFUSED_CLIENT.matcher(String.valueOf(reason.getMessage())).find();
  }

  /** Its failure may name the catalog's whole address, in which a user and a password may be. */
  private static String said(Throwable reason) {
    String message = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    return message.replaceAll("jdbc:\\S+", "jdbc:…").replaceAll("\\.$", "");
  }

  /** Without what may be secret. */
  private String place() {
    String uri = shown(properties.getOrDefault("uri", ""));
    return uri.isEmpty() ? "" : " at " + uri;
  }

  private static String shown(String uri) {
    return uri.replaceAll("[?;].*", "")
        .replaceFirst("^jdbc:", "")
        .replaceFirst(":(//)?.*@(//)?", "://");
  }
}
