"""The public: home, self-registration, follow-up by tracking code."""
