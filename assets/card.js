// A card to be saved: its number goes from the provider's own frame to the provider, never to us.
const words = document.getElementById("card-fields").dataset;
const form = document.getElementById("card-form");
const message = document.getElementById("message");
const button = document.getElementById("save-button");
const stripe = Stripe(words.key);
const card = stripe.elements().create("card", { hidePostalCode: true });
card.mount("#card-element");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  message.textContent = "";
  const answer = await stripe.createPaymentMethod({ type: "card", card });
  if (answer.error) {
    message.textContent = answer.error.message || words.failed;
    message.className = "bad";
    button.disabled = false;
  } else {
    document.getElementById("card-token").value = answer.paymentMethod.id;
    form.submit();
  }
});
