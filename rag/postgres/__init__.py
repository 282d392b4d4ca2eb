"""PostgreSQL as the home of a library that several servers share; nothing above knows whose SQL runs."""
