package io.tidemark.pipeline;

import java.net.URI;
import java.util.Optional;

/**
 * An Airflow that is asked for reconciliations.
 *
 * @param url of its API server, without {@code /api/v2}
 * @param username for which a token is asked, with a password
 * @param token to use as it is, in place of both
 */
public record Airflow(
    URI url, Optional<String> username, Optional<String> password, Optional<String> token) {

  /** Empty for a section without a URL. */
  static Optional<Airflow> of(Section section) {
    Optional<URI> url = section.optional("url", Value::httpUrl);
    Optional<String> username = section.optional("username", Value::secret);
    Optional<String> password = section.optional("password", Value::secret);
    Optional<String> token = section.optional("token", Value::token);
    section.done();
    boolean isSomeKnown = username.isPresent() || password.isPresent() || token.isPresent();
    if (url.isEmpty() && isSomeKnown) {
      section.problem("url", Section.REQUIRED + ": it says where Airflow is.");
    }
    if (url.isPresent()
        && (username.isPresent() != password.isPresent()
            || username.isPresent() == token.isPresent())) {
      section.problem(
          "url", "Cannot log in to Airflow: give either 'username' and 'password', or 'token'.");
    }
    return url.map(known -> new Airflow(known, username, password, token));
  }

  /** Leaves out what it logs in with. */
  @Override
  public String toString() {
    return "Airflow[url=%s]".formatted(url);
  }
}
