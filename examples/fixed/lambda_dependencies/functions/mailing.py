import requests

SERVICE = "https://mail.example.com/send"


def send(to, text):
    """Hand a mail over to the mail service."""
    answer = requests.post(SERVICE, json={"to": to, "text": text}, timeout=10)
    answer.raise_for_status()
